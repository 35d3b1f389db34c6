import { fileURLToPath } from 'node:url';

/** For people, and for the reports that builds keep: a file that could not be run counts as well. */
export function reportersTo(outputName) {
  return [
    'default',
    ['jest-junit', { outputDirectory: 'reports', outputName, reportTestSuiteErrors: 'true' }],
  ];
}

/** Shared by every package. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': fileURLToPath(new URL('jest.transform.js', import.meta.url)) },
  testTimeout: 120_000, // only ends what hangs: a busy machine fails no test
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/'],
  reporters: reportersTo('junit.xml'),
};

/** What a package adds whose coverage is kept by the builds that test it. */
export const covered = {
  collectCoverage: true,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.test.ts', '!src/**/testing/**'],
  coverageDirectory: 'reports',
  coverageReporters: ['clover', 'text-summary'],
};
