import type { IncomingMessage } from 'node:http';
import type { RawFace } from '../../core/api.ts';
import { messageOf } from '../../core/errors.ts';
import type { Ask } from './question.ts';

/** As much as a BatchWriteItem may hold. */
const LONGEST_REQUEST = 16 * 1024 * 1024;

/** Hands requests to the tables as they came. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ */
export function dynamoDbFace(ask: Ask): RawFace {
  return {
    service: 'dynamodb',
    handle: async (request, response) => {
      const body = await read(request);
      if (!body) {
        response.writeHead(413, { connection: 'close' }).end();
        return;
      }
      const { method = 'POST', url = '/' } = request;
      try {
        const answer = await ask({ method, url, headers: plainHeaders(request), body });
        response.writeHead(answer.status, answer.headers).end(answer.body);
      } catch (error) {
        const headers = {
          'content-type': 'application/x-amz-json-1.0',
          'x-amzn-errortype': 'InternalServerError',
        };
        const type = 'com.amazonaws.dynamodb.v20120810#InternalServerError';
        response.writeHead(500, headers).end(JSON.stringify({ __type: type, message: messageOf(error) }));
      }
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_REQUEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers).filter(([name]) => name !== 'origin');
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
