/** Jest without a transformer: Node strips the types itself. Shared by every package. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testTimeout: 120_000, // only ends what hangs: a busy machine fails no test
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/'],
  reporters: [
    'default',
    ['jest-junit', { outputDirectory: 'reports', outputName: 'junit.xml', reportTestSuiteErrors: 'true' }],
  ],
};
