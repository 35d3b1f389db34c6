import { afterAll, beforeAll } from '@jest/globals';
import { bootWorld, type World } from '../src/world.ts';
import { badTask } from './push/bad-task.ts';
import { byEcs } from './push/by-ecs.ts';
import { definition } from './push/definition.ts';
import { frozenShape } from './push/frozen-shape.ts';
import { gate } from './push/gate.ts';
import { git } from './push/git.ts';
import { onlyWhatChanged } from './push/only-what-changed.ts';
import { redTest } from './push/red-test.ts';
import { removal } from './push/removal.ts';
import { sideBySide } from './push/side-by-side.ts';
import { wayBack } from './push/way-back.ts';

/** One world, since a first release costs a minute; the chapters build on each other, as a team's day does. */
let world: World;
const given = (): World => world;

beforeAll(async () => {
  world = await bootWorld();
}, 340_000);
afterAll(async () => world?.[Symbol.asyncDispose](), 60_000);

onlyWhatChanged(given);
gate(given);
redTest(given);
sideBySide(given);
wayBack(given);
git(given);
badTask(given);
frozenShape(given);
definition(given);
byEcs(given);
removal(given);
