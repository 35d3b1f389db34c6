import * as iam from 'aws-cdk-lib/aws-iam';
import { createNames } from '../names.ts';
import type { Permission } from '../roles/role.ts';
import { permissionsOf } from '../roles/role.ts';
import { reasonFor } from '../roles/wildcards.ts';
import { list, type Role, rolesIn, type Statement } from '../testing/roles.ts';
import type { Example } from './example.ts';

/**
 * What every role may do, as Markdown: a section for each kind of role, services and environments folded where their
 * roles are alike. It is made of the templates; only the reasons are not in them.
 */
export function iamTable(example: Example): string {
  const kinds = new Map<string, Map<string, string[]>>();
  const reasons = reasonsByRole(example);
  for (const role of rolesIn(example)) {
    const fold = folder(example, role.name);
    const kind = fold(role.name);
    const body = fold(describeRole(role, reasons.get(role.name) ?? []));
    const variants = kinds.get(kind) ?? new Map<string, string[]>();
    variants.set(body, [...(variants.get(body) ?? []), role.name]);
    kinds.set(kind, variants);
  }
  const sections = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(section);
  return [HEAD, boundary(example), ...sections].join('\n');
}

const HEAD = `# What each role may do

Made by \`npm run record -w @slipway/pipeline -- iam\` from the templates of an example that uses what there is to choose;
a test holds it. Read the change of this page when a change of the definition is reviewed: whatever a role gains or loses
stands here. ARNs are shown without partition, account and region where these are the place's own. Every role bears the
permissions boundary ([decision 20](decisions/0020-least-privilege.md)); [security.md](security.md) tells what it is for.
`;

function boundary({ templates }: Example): string {
  const policies = Object.values(templates)
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::IAM::ManagedPolicy' && /-boundary$/.test(Properties.ManagedPolicyName),
    );
  return policies
    .map(({ Properties }) => {
      const rows = Properties.PolicyDocument.Statement.map((each: Statement) => row(each, []));
      return [`## The boundary, ${Properties.ManagedPolicyName}`, '', ...TABLE, ...rows, ''].join('\n');
    })
    .join('\n');
}

const TABLE = ['| May | On | If | Because |', '|---|---|---|---|'];

function section([kind, variants]: [string, ReadonlyMap<string, readonly string[]>]): string {
  const only = variants.size === 1;
  const parts = [...variants].map(([body, names]) => (only ? body : `Of ${names.join(', ')}:\n\n${body}`));
  return [`## ${kind}`, '', parts.join('\n')].join('\n');
}

function describeRole({ trust, statements, boundary }: Role, permissions: readonly Permission[]): string {
  const takers = trust.map(
    ({ Principal, Condition }) =>
      `\`${shorten(Principal.Service ?? Principal.AWS ?? '?')}\`${Condition ? `, if ${conditions(Condition)}` : ''}`,
  );
  const rows = statements.map(statement => row(statement, permissions)).sort((a, b) => (a < b ? -1 : 1));
  const table = rows.length === 0 ? ['It may do nothing.'] : [...TABLE, ...rows];
  return [
    `Taken on by ${takers.join('; ')}.${boundary === undefined ? ' NO BOUNDARY.' : ''}`,
    '',
    ...table,
    '',
  ].join('\n');
}

function row(statement: Statement, permissions: readonly Permission[]): string {
  const effect = statement.Effect === 'Allow' ? '' : `**${statement.Effect}** `;
  const items = (values: readonly string[]) =>
    [...values]
      .sort()
      .map(value => `\`${value}\``)
      .join('<br>');
  const cells = [
    effect + items(list(statement.Action)),
    items(list(statement.Resource).map(shorten)),
    statement.Condition ? conditions(statement.Condition) : '',
    reasonsOf(statement, permissions).join('; '),
  ];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function reasonsOf(statement: Statement, permissions: readonly Permission[]): string[] {
  const actions = new Set(list(statement.Action));
  const resources = new Set(list(statement.Resource));
  const told = permissions
    .filter(each => each.actions.some(action => actions.has(action)))
    .filter(each => JSON.stringify(each.conditions) === JSON.stringify(statement.Condition))
    .flatMap(each =>
      each.resources.filter(item => resources.has(item)).map(item => reasonFor(each, item) ?? ''),
    );
  const common = told.map(reason => reason.replace(/ \(CloudFormation, .*\)$/, ''));
  return [...new Set(common)].filter(reason => reason !== '').sort();
}

function conditions(condition: NonNullable<Statement['Condition']>): string {
  return Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, value]) =>
          `\`${key}\` ${operator} ${list(value)
            .map(each => `\`${shorten(each)}\``)
            .join(', ')}`,
      ),
    )
    .join('<br>');
}

/** An ARN without what is the same everywhere. */
function shorten(arn: string): string {
  return arn.replace(/^arn:aws:([^:]+):(?:ap-northeast-1)?:(?:123456789012)?:(?=.)/, '$1:');
}

/** Puts `<service>` and `<environment>` for the names of those that a role belongs to. */
function folder({ environments, services }: Example, role: string): (text: string) => string {
  const parts = role.split('-');
  const fold = (names: readonly string[], placeholder: string) => {
    const name = names.find(each => parts.includes(each));
    if (name === undefined) return (text: string) => text;
    const word = new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`, 'g');
    return (text: string) => text.replace(word, placeholder);
  };
  const service = fold(
    services.map(({ name }) => name),
    '<service>',
  );
  const environment = fold(
    environments.environments.map(({ name }) => name),
    '<environment>',
  );
  return text => environment(service(text));
}

function reasonsByRole({ app, environments }: Example): Map<string, readonly Permission[]> {
  const names = createNames(environments);
  const found = new Map<string, readonly Permission[]>();
  for (const construct of app.node.findAll()) {
    if (!(construct instanceof iam.Role)) continue;
    const cfn = construct.node.defaultChild as iam.CfnRole;
    found.set(cfn.roleName ?? names.prefix, permissionsOf(construct));
  }
  return found;
}
