export type { TestCallers } from './callers.ts';
export { testCallers } from './callers.ts';
export { createTestKit, testIdentity } from './kit.ts';
export type { LocalDynamo } from './local-dynamo.ts';
export { startLocalDynamo } from './local-dynamo.ts';
export { describeApp, describeBundle } from './suites.ts';
