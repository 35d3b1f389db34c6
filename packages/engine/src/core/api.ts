import type { IncomingMessage, ServerResponse } from 'node:http';

/** Who calls, by the credential scope of the signature. */
export interface Caller {
  region: string;
  account: string;
  accessKeyId: string;
}

/** One operation: the request as AWS names its members; returns the response's members. Throws AwsError. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own; each checks what it takes
export type Operation = (input: any, caller: Caller) => unknown | Promise<unknown>;

/** A service's face, one per credential scope name. Dates are given as `Date` and rendered as the protocol wants. */
export interface Api {
  /** The name in the credential scope: `ecs`, `elasticloadbalancing`, `monitoring`, … */
  service: string;
  protocol: 'json-1.1' | 'json-1.0' | 'query';
  /** Namespace of the XML answer, for `query` only. */
  xmlns?: string;
  operations: Record<string, Operation>;
}

/** A request to a service whose operations are methods on paths (rest-json). */
export interface RestRequest {
  /** What stands for the `{names}` of the route's path, decoded. */
  path: Record<string, string>;
  query: URLSearchParams;
  /** A header's value by its name in lower case. */
  header(name: string): string | undefined;
  body: Buffer;
}

export interface RestAnswer {
  /** 200 unless given. */
  status?: number;
  headers?: Record<string, string>;
  /** Bytes as they are, or members that are rendered as JSON. */
  body?: Buffer | object;
}

/** One operation of such a service. Throws AwsError. */
export interface Route {
  operation: string;
  method: string;
  /** For instance `/2015-03-31/functions/{FunctionName}/invocations`. */
  path: string;
  answer(request: RestRequest, caller: Caller): RestAnswer | Promise<RestAnswer>;
}

/** A service's face in the protocol rest-json: Lambda. */
export interface RestApi {
  service: string;
  protocol: 'rest-json';
  routes: Route[];
}

/** A face that speaks HTTP by itself: S3, DynamoDB, the registry, git. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A raw face by credential scope name (`s3`, `dynamodb`) or by path prefix (`/v2/`, `/git/`). */
export interface RawFace {
  service?: string;
  prefix?: string;
  handle: RawHandler;
}
