/** An HTTP request to DynamoDB. */
export interface Question {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answers requests to DynamoDB. */
export type Ask = (question: Question) => Promise<Answer>;

const JSON_HEADERS = { 'content-type': 'application/x-amz-json-1.0' };

/** The operation that a request asks for, as `PutItem`. */
export function operationOf({ headers }: Question): string | undefined {
  return headers['x-amz-target']?.split('.').at(-1);
}

/** One operation as a client of this machine asks for it. */
export function questionFor(operation: string, input: object): Question {
  return {
    method: 'POST',
    url: '/',
    headers: {
      ...JSON_HEADERS,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: Buffer.from(JSON.stringify(input)),
  };
}

export function answerOf(status: number, output: object): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(output) };
}
