export type { TestCallers } from './callers.ts';
export { testCallers } from './callers.ts';
export { describeFuzz } from './fuzz-suite.ts';
export { createTestKit, testIdentity } from './kit.ts';
export type { TryOptions } from './live-app.ts';
export type { LocalDynamo } from './local-dynamo.ts';
export { startLocalDynamo } from './local-dynamo.ts';
export { describeOpenApi } from './openapi-suite.ts';
export { describeApp, describeBundle } from './suites.ts';
