import type { ServerResponse } from 'node:http';
import { AwsError } from '../core/errors.ts';
import { renderXml } from '../core/xml.ts';
import type { Call } from './json.ts';

const MAX_PARAMETERS = 10_000;
const MAX_DEPTH = 20;

/**
 * AWS Query: a form body with `Action` and flattened members. `Tags.member.1.Key=a` becomes
 * `{ Tags: [{ Key: 'a' }] }`; every scalar stays a string.
 */
export function readQueryCall(body: Buffer): Call {
  const form = new URLSearchParams(body.toString('utf8'));
  const operation = form.get('Action');
  if (!operation) throw new AwsError('MissingAction', 'the request names no Action');
  if (form.size > MAX_PARAMETERS)
    throw new AwsError('InvalidParameterValue', 'the request has too many parameters');
  const root: Tree = new Map();
  for (const [name, value] of form) {
    if (name !== 'Action' && name !== 'Version') place(root, name.split('.'), value);
  }
  return { operation, input: shape(root) as Record<string, unknown> };
}

type Tree = Map<string, Tree | string>;

function place(tree: Tree, path: string[], value: string): void {
  if (path.length > MAX_DEPTH) throw new AwsError('InvalidParameterValue', 'the request is nested too deep');
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(head, value);
    return;
  }
  const child = tree.get(head);
  const branch: Tree = child instanceof Map ? child : new Map();
  tree.set(head, branch);
  place(branch, rest, value);
}

function shape(node: Tree | string): unknown {
  if (typeof node === 'string') return node;
  const member = node.get('member') ?? node.get('entry');
  if (node.size === 1 && member instanceof Map) return inOrder(member);
  if (node.size === 1 && node.get('member') === '') return [];
  return Object.fromEntries([...node].map(([key, child]) => [key, shape(child)]));
}

function inOrder(members: Tree): unknown[] {
  return [...members].sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => shape(member));
}

export function answerQuery(
  response: ServerResponse,
  operation: string,
  output: object,
  xmlns: string,
): void {
  const result = renderXml({ [`${operation}Result`]: output });
  const metadata = renderXml({ ResponseMetadata: { RequestId: crypto.randomUUID() } });
  send(response, 200, `<${operation}Response xmlns="${xmlns}">${result}${metadata}</${operation}Response>`);
}

export function answerQueryError(response: ServerResponse, error: AwsError, xmlns: string): void {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const body = renderXml({ Error: { Type: type, Code: error.code, Message: error.message } });
  const id = renderXml({ RequestId: crypto.randomUUID() });
  send(response, error.status, `<ErrorResponse xmlns="${xmlns}">${body}${id}</ErrorResponse>`);
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(xml);
}
