import base from '../jest.config.base.js';

/** One small repository is synthesized for all tests: loading the CDK costs more than any of them. */
export default {
  ...base,
  globalSetup: '<rootDir>/lib/testing/synthesize-fixture.js',
  globalTeardown: '<rootDir>/lib/testing/remove-fixture.js',
};
