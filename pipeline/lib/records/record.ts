import { readFileSync, writeFileSync } from 'node:fs';
import type { Example } from './example.ts';
import { iamTable } from './iam-table.ts';
import { logicalIds } from './logical-ids.ts';

/** A committed file that is made of the example's templates. A change of it is reviewed, and never happens unseen. */
export interface RecordFile {
  /** From the repository's root. */
  readonly path: string;
  readonly render: (example: Example) => string;
  /** What to do when it is no longer what the definition makes. */
  readonly advice: string;
}

const ROOT = new URL('../../../', import.meta.url);

export const RECORDS: Readonly<Record<string, RecordFile>> = {
  iam: {
    path: 'docs/iam.md',
    render: iamTable,
    advice: 'a role may do more or less than before. If that is meant, run',
  },
  'logical-ids': {
    path: 'pipeline/lib/records/logical-ids.txt',
    render: logicalIds,
    advice: 'CloudFormation would replace or delete something. If that is meant, run',
  },
};

export function readRecord({ path }: RecordFile): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

export function writeRecord({ path, render }: RecordFile, example: Example): void {
  writeFileSync(new URL(path, ROOT), render(example));
}

/** The command that accepts what the definition makes now. */
export function acceptCommand(name: string): string {
  return `npm run record -w @slipway/pipeline -- ${name}`;
}
