import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';
import { formatFinding, locate } from '../guards/finding.ts';
import { guards } from '../guards/guard.ts';
import {
  type Properties,
  readSynthesized,
  type Synthesized,
  type SynthesizedStack,
} from '../guards/synthesized.ts';

const good = readSynthesized(join(process.env.SLIPWAY_FIXTURE!, 'cdk.out'));
const documented = readFileSync(resolve(import.meta.dirname, '../../../docs/guards.md'), 'utf8');

/** The fixture's assembly, for a test to break. */
export class Broken {
  readonly synthesized: Synthesized = structuredClone(good);

  stack(name: string): Omit<SynthesizedStack, 'template'> & { template: Properties; size: number } {
    return this.synthesized.stacks.find(stack => stack.name === name)!;
  }

  properties(stack: string, logicalId: string): Properties {
    return this.stack(stack).template.Resources[logicalId].Properties;
  }

  /** The only resource of its type in a stack. */
  only(stack: string, type: string): Properties {
    const resources: Properties[] = Object.values(this.stack(stack).template.Resources);
    const [found, ...more] = resources.filter(({ Type }) => Type === type);
    if (more.length > 0) throw new Error(`${1 + more.length} resources ${type} in ${stack}`);
    return found.Properties;
  }

  add(stack: string, logicalId: string, Type: string, Properties: Properties): void {
    this.stack(stack).template.Resources[logicalId] = { Type, Properties };
  }

  /** What the guards say, or one of them, as a person reads it. */
  sentences(only?: string): string[] {
    return guards
      .filter(({ id }) => only === undefined || id === only)
      .flatMap(({ id, check }) =>
        check(this.synthesized).map(objection => formatFinding(locate(id, objection))),
      );
  }
}

/** What the guards say of the assembly before anything of it is broken. */
let before: string[] | undefined;

/** What is broken is refused by this guard, with this sentence, which docs/guards.md has as well. */
export function expectRefusal(id: string, sentence: string, breakIt: (broken: Broken) => void): void {
  before ??= new Broken().sentences();
  expect(before).toEqual([]);
  const broken = new Broken();
  breakIt(broken);
  expect(broken.sentences(id)).toContain(`${sentence} [${id}]`);
  const message = sentence.replace(/^.*? \([a-z/.]*\) /, '');
  expect(documented).toContain(`\`${id}\` | ${message} |\n`);
}
