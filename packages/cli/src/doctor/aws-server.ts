import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a service answers to an operation: a status, and a body in its own protocol. */
export type Answers = Record<string, (input: string) => { status?: number; body: string }>;

/** A small server that speaks the protocols of a few AWS services; clients find it by `AWS_ENDPOINT_URL`. */
export interface AwsServer extends AsyncDisposable {
  url: string;
}

/**
 * Answers by `<service of the signature>/<operation>`: the operation is the target of JSON protocols, the Action of query
 * protocols, else the method and path. Anything else is 501.
 */
export async function serveAws(answers: Answers): Promise<AwsServer> {
  const server = createServer(async (request, response) => {
    let input = '';
    for await (const chunk of request) input += chunk;
    const [, region, service] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const action = new URLSearchParams(input).get('Action');
    const path = `${request.method} ${request.url?.split('?')[0]}`;
    const operation = target || action || path;
    const answer = answers[`${service}/${operation}/${region}`] ?? answers[`${service}/${operation}`];
    const { status = 200, body } = answer?.(input) ?? { status: 501, body: '{"__type":"NotImplemented"}' };
    const isXml = body.startsWith('<');
    response.writeHead(status, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
