import base, { reportersTo } from '../jest.config.base.js';
import definition from './jest.config.js';

/** What else a definition may say, and what refuses it: run by `npm test` and for pull requests. */
export default {
  ...definition,
  testMatch: ['<rootDir>/**/*.variants.test.ts'],
  testPathIgnorePatterns: base.testPathIgnorePatterns,
  globalSetup: '<rootDir>/lib/testing/synthesize-variants.js',
  reporters: reportersTo('variants.xml'),
};
