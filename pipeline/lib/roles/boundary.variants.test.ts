import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import { ENVIRONMENTS, readAssembly, tempFolder, writeRepository } from '../testing/fixture.ts';
import { rolesIn } from '../testing/roles.ts';

test("the account's own boundary is used where it has one, and none is made", () => {
  using temp = tempFolder();
  const environments = `permissionsBoundary: company-limit\n${ENVIRONMENTS}`;
  writeRepository(temp.path, { environments });
  synthesize({ root: temp.path, out: join(temp.path, 'out') });
  const assembly = readAssembly(join(temp.path, 'out'));
  const limit = 'arn:aws:iam::123456789012:policy/company-limit';
  for (const { name, boundary } of rolesIn(assembly)) expect([name, boundary]).toEqual([name, limit]);
  const made = assembly.resources('AWS::IAM::ManagedPolicy');
  expect(made.map(({ Properties }) => Properties.ManagedPolicyName)).not.toContain('slipway-boundary');
  const makes = rolesIn(assembly)
    .find(({ name }) => name === 'slipway-platform-cloudformation')
    ?.statements.find(({ Action }) => Action.includes('iam:CreateRole'));
  expect(makes?.Condition).toEqual({ StringEquals: { 'iam:PermissionsBoundary': limit } });
});
