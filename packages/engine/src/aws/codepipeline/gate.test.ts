import { describe, expect, test } from '@jest/globals';
import type { StageDeclaration } from './declaration.ts';
import type { Execution } from './execution.ts';
import { decideStage, gateOf } from './gate.ts';

const execution = (number: number, more: Partial<Execution> = {}) =>
  ({
    id: String(number),
    number,
    status: 'InProgress',
    mode: 'SUPERSEDED',
    at: { stage: 1, entered: false },
    ...more,
  }) as Execution;
const inside = { at: { stage: 1, entered: true } };
const elsewhere = { at: { stage: 2, entered: false } };

describe('an execution that waits for a stage', () => {
  test.each<[string, string, Execution, Execution[], boolean]>([
    ['enters', 'a free stage', execution(1), [], true],
    ['waits', 'while another is in it', execution(2), [execution(1, inside)], true],
    ['waits', 'before a closed transition', execution(1), [], false],
    ['supersedes', 'an older one that waits there', execution(1), [execution(2)], true],
    ['supersedes', 'also before a closed transition', execution(1), [execution(2)], false],
    ['enters', 'although an older one waits, which is superseded', execution(2), [execution(1)], true],
    ['enters', 'although a newer one waits elsewhere', execution(1), [execution(2, elsewhere)], true],
    [
      'enters',
      'although a newer one that waits is stopping',
      execution(1),
      [execution(2, { status: 'Stopping' })],
      true,
    ],
    ['waits', 'for its turn when queued', execution(2, { mode: 'QUEUED' }), [execution(1)], true],
    ['enters', 'in its turn when queued', execution(1, { mode: 'QUEUED' }), [execution(2)], true],
    [
      'enters',
      'beside another when parallel',
      execution(2, { mode: 'PARALLEL' }),
      [execution(1, inside)],
      true,
    ],
  ])('%s %s', (word, _, of, others, enabled) => {
    const expected = word === 'supersedes' ? 'supersede' : word.replace(/s$/, '');
    expect(gateOf(of, [of, ...others], { enabled })).toBe(expected);
  });
});

describe('an execution inside a stage', () => {
  const stage = {
    name: 'Deploy',
    actions: [
      { name: 'a', runOrder: 1 },
      { name: 'b', runOrder: 1 },
      { name: 'c', runOrder: 2 },
    ],
  } as StageDeclaration;
  test.each([
    ['starts all actions of the first run order', {}, false, 'start a b'],
    ['waits while one is in progress', { a: 'Succeeded', b: 'InProgress' }, false, 'wait'],
    ['waits for the neighbour of one that failed', { a: 'Failed', b: 'InProgress' }, false, 'wait'],
    ['fails when all have ended and one failed', { a: 'Failed', b: 'Succeeded' }, false, 'fail'],
    ['goes on to the next run order', { a: 'Succeeded', b: 'Succeeded' }, false, 'start c'],
    ['starts only what is missing after a retry', { b: 'Succeeded' }, false, 'start a'],
    ['stops when what is in progress has ended', { a: 'Succeeded', b: 'Succeeded' }, true, 'stop'],
    ['waits before it stops', { a: 'InProgress' }, true, 'wait'],
    ['succeeds when all have', { a: 'Succeeded', b: 'Succeeded', c: 'Succeeded' }, false, 'succeed'],
  ])('%s', (_, statuses, stopping, expected) => {
    const decision = decideStage(stage, statuses as Record<string, string>, stopping);
    const names = decision.next === 'start' ? decision.actions.map(each => each.name) : [];
    expect([decision.next, ...names].join(' ')).toBe(expected);
  });
});
