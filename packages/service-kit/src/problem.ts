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

/** Thrown by a route to answer with a problem; its detail is shown to the caller. */
export class Problem extends Error {
  readonly code = 'PROBLEM';
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly InputError[] | undefined;

  constructor(status: number, detail: string, errors?: readonly InputError[]) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/**
 * Turns anything thrown into what the caller may know. Input that Express or its parsers refuse keeps its 4xx
 * status; everything else is a bug of ours and says nothing but 500.
 */
export function describeProblem(error: unknown): ProblemDetails {
  if (error instanceof Problem) {
    return {
      ...ofStatus(error.status),
      detail: error.message,
      ...(error.errors && { errors: error.errors }),
    };
  }
  const { status, type } = parserError(error);
  if (status === undefined || status < 400 || status > 499) return ofStatus(500);
  const detail = type === undefined ? undefined : details[type];
  return { ...ofStatus(status), ...(detail && { detail }) };
}

const details: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not well-formed JSON.',
  'entity.too.large': 'The body is larger than this service accepts.',
  'charset.unsupported': 'The body must be encoded as UTF-8.',
  'encoding.unsupported': 'The content encoding of the body is not supported.',
};

function ofStatus(status: number): ProblemDetails {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
}

function parserError(error: unknown): { status?: number; type?: string } {
  if (typeof error !== 'object' || error === null) return {};
  const { status, type } = error as { status?: unknown; type?: unknown };
  return {
    ...(typeof status === 'number' && { status }),
    ...(typeof type === 'string' && { type }),
  };
}
