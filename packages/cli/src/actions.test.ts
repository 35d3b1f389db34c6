import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { expect, test } from '@jest/globals';
import { hasDeployed, isSuperseded } from './actions.ts';

const action = (
  category: 'Approval' | 'Build' | 'Deploy',
  status: 'Succeeded' | 'Failed',
  message = '',
): ActionExecutionDetail => ({
  status,
  input: { actionTypeId: { category, owner: 'AWS', provider: 'P', version: '1' } },
  output: { executionResult: { errorDetails: { message } } },
});

test('a release whose approval was rejected for a newer one is overtaken, not failed', () => {
  const rejected = 'The approval was rejected: ';
  expect(isSuperseded([action('Approval', 'Failed', `${rejected}Superseded by abc`)])).toBe(true);
  expect(isSuperseded([action('Approval', 'Failed', `${rejected}not today`)])).toBe(false);
  expect(isSuperseded([action('Build', 'Failed', 'Superseded by abc')])).toBe(false);
  expect(isSuperseded([action('Build', 'Succeeded')])).toBe(false);
});

test('a release has deployed something when one of its actions did', () => {
  expect(hasDeployed([action('Deploy', 'Succeeded'), action('Build', 'Succeeded')])).toBe(true);
  expect(hasDeployed([action('Build', 'Succeeded')])).toBe(false);
});
