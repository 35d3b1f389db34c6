import { STATUS_CODES } from 'node:http';

/** One part of the input that was refused: where it is and why. */
export type InputError = { readonly path: string; readonly message: string };

/** An answer in the form of RFC 9457 (`application/problem+json`), without the request's own members. */
export type ProblemDetails = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly InputError[];
};

export type ProblemOptions = {
  readonly errors?: readonly InputError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** Thrown by a route to answer with a problem; its detail is shown to the caller, its cause is not. */
export class Problem extends Error {
  readonly code = 'PROBLEM';
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly InputError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, { errors, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/**
 * Turns anything thrown into what the caller may know. Input that Express refuses keeps its 4xx status;
 * everything else is a bug of ours and says nothing but 500.
 */
export function describeProblem(error: unknown): ProblemDetails {
  if (error instanceof Problem) {
    return {
      ...ofStatus(error.status),
      detail: error.message,
      ...(error.errors && { errors: error.errors }),
    };
  }
  if (error instanceof URIError) {
    return { ...ofStatus(400), detail: 'The path has an escape that is no text in UTF-8.' };
  }
  return ofStatus(500);
}

/** Returns the whole answer to a request as its body. */
export function renderProblem(details: ProblemDetails, requestId: string): string {
  return JSON.stringify({ ...details, requestId });
}

/** The least that a problem of this status says. */
export function ofStatus(status: number): ProblemDetails {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
}
