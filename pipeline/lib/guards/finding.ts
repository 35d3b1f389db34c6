import { ownerOf, type Synthesized, type SynthesizedStack } from './synthesized.ts';

/** One thing that must not be deployed. */
export interface Finding {
  /** The guard that found it. */
  readonly guard: string;
  /** The service that it concerns; undefined when it concerns the platform. */
  readonly service: string | undefined;
  /** Stack and logical id, or a file of the assembly. */
  readonly where: string;
  /** What a person edits: a contract, or the definition. */
  readonly file: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** What a guard says of a place in a stack or of a file of the assembly. */
export type Objection = { readonly message: string } & (
  | { readonly stack: SynthesizedStack; readonly logicalId?: string }
  | { readonly path: string; readonly service: string }
);

export interface Guard {
  /** A name that a person can look up in docs/guards.md. */
  readonly id: string;
  readonly check: (synthesized: Synthesized) => Objection[];
}

/** One sentence: where, in which file to mend it, what is wrong and what to do. */
export function formatFinding({ guard, where, file, message }: Finding): string {
  return `${where} (${file}) ${message} [${guard}]`;
}

export function locate(guard: string, objection: Objection): Finding {
  const { message } = objection;
  const service = 'stack' in objection ? ownerOf(objection.stack) : objection.service;
  const where =
    'stack' in objection
      ? [objection.stack.name, ...(objection.logicalId ? [objection.logicalId] : [])].join('/')
      : objection.path;
  return { guard, service, where, file: fileOf(service), message };
}

export function fileOf(service: string | undefined): string {
  return service === undefined ? 'pipeline/' : `packages/${service}/service.yaml`;
}

/** Thrown when something would be deployed that must not be. */
export class GuardError extends Error {
  readonly code = 'Guarded';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join('\n'));
    this.name = 'GuardError';
    this.findings = findings;
  }
}
