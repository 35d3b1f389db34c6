import type { Request, Response } from 'express';
import type * as z from 'zod';
import type { Caller } from './caller.ts';
import type { Logger } from './logger.ts';
import type { Limit } from './rate-limit.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a route may answer with one status. Without `schema` and `type` the answer has no body. */
export type Answer = {
  readonly description: string;
  /** The shape of a JSON body. */
  readonly schema?: z.ZodType;
  /** The media type of a body that is not JSON. */
  readonly type?: string;
};
type Answers = Readonly<Record<number, Answer>>;

/** Who may call: anybody who is signed in, only somebody with the role, or anybody, who may be signed in. */
export type CallerRule = 'required' | 'optional' | { readonly role: string };
type CallerOf<Rule> = Rule extends 'required' | { readonly role: string }
  ? Caller
  : Rule extends 'optional'
    ? Caller | undefined
    : undefined;

type InputSchema = z.ZodType | undefined;
type Parsed<Schema extends InputSchema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a handler is given; every part has been checked. */
export type RouteInput<
  Params extends InputSchema = undefined,
  Query extends InputSchema = undefined,
  Body extends InputSchema = undefined,
  Headers extends InputSchema = undefined,
  Rule = undefined,
> = {
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  readonly headers: Parsed<Headers>;
  readonly caller: CallerOf<Rule>;
  readonly request: Request;
  /** For a handler that answers by itself, such as a stream; it returns nothing then. */
  readonly response: Response;
  /** Writes lines that carry the request's id. */
  readonly log: Logger;
};

export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer: of a status that the route declares, with the body of that status. */
export type Reply = { readonly status: number; readonly headers?: ReplyHeaders; readonly body?: unknown };
type ReplyOf<Declared extends Answers> = {
  [Status in keyof Declared & number]: `${Status}` extends `4${string}` | `5${string}`
    ? never
    : { readonly status: Status; readonly headers?: ReplyHeaders } & BodyOf<Declared[Status]>;
}[keyof Declared & number];
type Handled<Result> = Result | undefined | Promise<Result | undefined> | Promise<void>;
type BodyOf<Declared> = Declared extends { readonly schema: infer Schema extends z.ZodType }
  ? { readonly body: DeepReadonly<z.output<Schema>> }
  : Declared extends { readonly type: string }
    ? { readonly body: string | Uint8Array }
    : { readonly body?: undefined };
type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** One route of a service: its checks, its part of the OpenAPI document and its handler follow from this. */
export type RouteDefinition<
  Params extends InputSchema,
  Query extends InputSchema,
  Body extends InputSchema,
  Headers extends InputSchema,
  Rule extends CallerRule | undefined,
  Declared extends Answers,
> = {
  readonly method: Method;
  /** Below the service's path, with `:name` for a parameter; `/` is the service's path itself. */
  readonly path: string;
  /** What it does, in a few words that begin with a verb. */
  readonly summary: string;
  readonly description?: string;
  readonly caller?: Rule;
  /** Called too often it answers 429. */
  readonly limit?: Limit;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Request headers by their names in small letters. */
  readonly headers?: Headers;
  /** The largest body in bytes: 64 KiB unless said. */
  readonly bodyLimit?: number;
  /** By status. The kit adds the problems that follow from the rest; name those that the handler throws. */
  readonly answers: Declared;
  readonly handle: (
    input: RouteInput<Params, Query, Body, Headers, Rule>,
  ) => Handled<ReplyOf<NoInfer<Declared>>>;
};

/** A route of any kind. */
export type Route = {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly caller?: CallerRule | undefined;
  readonly limit?: Limit;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly headers?: z.ZodType | undefined;
  readonly bodyLimit?: number;
  readonly answers: Answers;
  readonly handle: (input: never) => unknown;
};

/** Declares a route. The handler's input and its answers are typed by the schemas. */
export function route<
  Declared extends Answers,
  Params extends InputSchema = undefined,
  Query extends InputSchema = undefined,
  Body extends InputSchema = undefined,
  Headers extends InputSchema = undefined,
  const Rule extends CallerRule | undefined = undefined,
>(definition: RouteDefinition<Params, Query, Body, Headers, Rule, Declared>): Route {
  return definition;
}
