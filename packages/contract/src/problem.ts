/** One thing wrong in one file, told so that a person can open the file and mend it. */
export interface ContractProblem {
  /** The service that the file belongs to, or `undefined` for `pipeline/environments.yaml`. */
  readonly service: string | undefined;
  /** Path relative to the repository's root, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** Where in the document, as in `health.path`; empty for the document itself. */
  readonly key: string;
  /** The value found there, as a short text; `undefined` when there is none. */
  readonly value: string | undefined;
  /** What is wrong and what to do about it, in one or two sentences. */
  readonly message: string;
}

/** One line: `packages/news/service.yaml:3:7  path: "news" must begin with a slash…`. */
export function formatProblem(problem: ContractProblem): string {
  const { file, line, column, key, value, message } = problem;
  const subject = [key, value].filter(part => part !== undefined && part !== '').join(': ');
  return `${file}:${line}:${column}  ${subject === '' ? '' : `${subject} — `}${message}`;
}

/** Thrown where nothing can go on without the file: carries all of its problems. */
export class ContractError extends Error {
  readonly code = 'ContractInvalid';
  readonly problems: readonly ContractProblem[];

  constructor(problems: readonly ContractProblem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ContractError';
    this.problems = problems;
  }
}
