import { randomBytes } from 'node:crypto';

/** Where new identifiers come from; tests pass a counting one. */
export interface Ids {
  /** A UUID, as CodePipeline and CodeBuild name executions. */
  uuid(): string;
  /** `length` lower-case hexadecimal digits, as ECS names tasks (32) and EC2 its resources (17). */
  hex(length: number): string;
}

/** Identifiers from the machine's randomness. */
export const randomIds: Ids = {
  uuid: () => crypto.randomUUID(),
  hex: length =>
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
};

/** Identifiers that count upwards, the same in every run. */
export function countingIds(): Ids {
  let count = 0;
  const hex = (length: number): string => (++count).toString(16).padStart(length, '0');
  return { hex, uuid: () => hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') };
}
