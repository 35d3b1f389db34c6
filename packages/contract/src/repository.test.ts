import { expect, test } from '@jest/globals';
import { readDocument } from './document.ts';
import { environmentsSchema } from './environments.ts';

const CONNECTION =
  'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/0aa1bb22-33cc-44dd-55ee-66ff77008899';

function read(lines: string) {
  const text = `account: "123456789012"
region: ap-northeast-1
${lines}
environments:
  staging: { network: { zones: [ap-northeast-1a, ap-northeast-1c] } }
`;
  const { value, problems } = readDocument({ text, file: 'environments.yaml' }, environmentsSchema);
  return { value, problems: problems.map(({ key, message }) => `${key} ${message}`) };
}

test('a repository is of CodeCommit unless it says otherwise', () => {
  expect(read('').value?.repository).toEqual({ provider: 'codecommit', name: 'slipway', branch: 'main' });
  expect(read('repository: { provider: codecommit, name: shop }').value?.repository).toMatchObject({
    name: 'shop',
  });
});

test('any provider of a connection is one line', () => {
  const { value } = read(
    `repository: { provider: codeconnections, connection: "${CONNECTION}", id: acme/tools/Shop }`,
  );
  expect(value?.repository).toEqual({
    ...{ provider: 'codeconnections', name: 'Shop', branch: 'main' },
    ...{ connection: CONNECTION, id: 'acme/tools/Shop' },
  });
});

test.each([
  ['{ provider: codeconnections }', 'repository.connection is missing'],
  [`{ provider: codeconnections, connection: "${CONNECTION}" }`, 'repository.id is missing'],
  [`{ connection: "${CONNECTION}" }`, 'repository.connection belongs to "provider: codeconnections"'],
  ['{ provider: github }', 'repository.provider must be codecommit or codeconnections'],
  [
    '{ provider: codeconnections, connection: "arn:aws:s3:::x", id: a/b }',
    'repository.connection must be the ARN',
  ],
  [
    `{ provider: codeconnections, connection: "${CONNECTION}", id: "a/b; rm -rf /" }`,
    'repository.id must be owner/name',
  ],
  [
    `{ provider: codeconnections, connection: "${CONNECTION}", id: a/b, name: c }`,
    'repository.name is the name of a CodeCommit repository',
  ],
])('a repository %s is told: %s', (text, problem) => {
  expect(read(`repository: ${text}`).problems.join('\n')).toContain(problem);
});

test('who is told of failures is a list of addresses, each once', () => {
  expect(read('').value).toMatchObject({ notifications: { email: [] }, pullRequests: true });
  expect(read('notifications: { email: [a@example.com] }').value?.notifications.email).toEqual([
    'a@example.com',
  ]);
  expect(read('notifications: { email: [nobody] }').problems[0]).toContain('must be an e-mail address');
  expect(read('notifications: { email: [a@b.co, a@b.co] }').problems[0]).toContain('names an address twice');
});
