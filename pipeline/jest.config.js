import base from '../jest.config.base.js';

/**
 * What Check runs of the definition that is pushed: quick, since every change of it waits for them. One small repository is
 * synthesized for all tests: loading the CDK costs more than any of them. Tests that synthesize definitions of their own or
 * start programs are named `.variants.test.ts`.
 */
export default {
  ...base,
  testPathIgnorePatterns: [...base.testPathIgnorePatterns, '\\.variants\\.test\\.ts$'],
  globalSetup: '<rootDir>/lib/testing/synthesize-fixture.js',
  globalTeardown: '<rootDir>/lib/testing/remove-fixture.js',
};
