import type { S3Request } from './request.ts';
import { renderDocument, type XmlRecord } from './xml.ts';

export function answerXml({ response }: Pick<S3Request, 'response'>, root: string, value: XmlRecord): void {
  const body = renderDocument(root, value);
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function answerEmpty(
  { response }: Pick<S3Request, 'response'>,
  status: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...(status === 204 ? {} : { 'content-length': 0 }), ...headers });
  response.end();
}
