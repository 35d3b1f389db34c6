import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../core/errors.ts';

/** A call as the protocols read it. */
export interface Call {
  operation: string;
  input: Record<string, unknown>;
}

/** AWS JSON 1.0 and 1.1: the operation is in `X-Amz-Target`, the input is the body. */
export function readJsonCall(request: IncomingMessage, body: Buffer): Call {
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = target.slice(target.lastIndexOf('.') + 1);
  try {
    const input: unknown = body.length ? JSON.parse(body.toString('utf8')) : {};
    if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Error('not an object');
    return { operation, input: input as Record<string, unknown> };
  } catch {
    throw new AwsError('SerializationException', 'the request body is not a JSON object');
  }
}

/** Dates are rendered as epoch seconds, as both JSON protocols want them. */
export function answerJson(response: ServerResponse, output: object, protocol: string): void {
  send(response, 200, output, protocol);
}

export function answerJsonError(response: ServerResponse, error: AwsError, protocol: string): void {
  response.setHeader('x-amzn-errortype', error.code);
  send(response, error.status, { __type: error.code, message: error.message }, protocol);
}

function send(response: ServerResponse, status: number, body: object, protocol: string): void {
  const type = protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1';
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': crypto.randomUUID() });
  response.end(JSON.stringify(epochSeconds(body)));
}

function epochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(epochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, epochSeconds(each)]));
}
