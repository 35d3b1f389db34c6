import { createHash } from 'node:crypto';
import type { Store, Table } from '../../core/store.ts';
import type { Leftover, StackResource } from './resource.ts';
import type { OperationRecord, Stack } from './stack.ts';

/** A row of a stack's event list. */
export interface StackEvent {
  eventId: string;
  stackKey: string;
  stackId: string;
  stackName: string;
  logicalId: string;
  physicalId: string;
  type: string;
  at: number;
  status: string;
  reason?: string;
  token: string;
}

export interface Export {
  name: string;
  value: string;
  stackKey: string;
  stackId: string;
}

export interface Tables {
  store: Store;
  /** By `<region>/<name>/<uuid>`. */
  stacks: Table<Stack>;
  /** By `<stack>/<logical id>`. */
  resources: Table<StackResource>;
  /** By `<stack>/<logical id>/<digest>`. */
  leftovers: Table<Leftover>;
  /** By `<stack>/<sequence number>`. */
  events: Table<StackEvent>;
  /** By `<region>/<export name>`. */
  exports: Table<Export>;
  /** The text of templates by digest. */
  templates: Table<string>;
  /** By token. */
  operations: Table<OperationRecord>;
}

export function openTables(store: Store): Tables {
  return {
    store,
    stacks: store.table('cloudformation_stacks'),
    resources: store.table('cloudformation_resources'),
    leftovers: store.table('cloudformation_leftovers'),
    events: store.table('cloudformation_events'),
    exports: store.table('cloudformation_exports'),
    templates: store.table('cloudformation_templates'),
    operations: store.table('cloudformation_operations'),
  };
}

/** Keeps a template's text and returns its digest. */
export function keepTemplate(tables: Tables, body: string): string {
  const digest = createHash('sha256').update(body).digest('hex');
  tables.templates.put(digest, body);
  return digest;
}

/** Forgets the templates that no stack refers to any more. */
export function dropTemplates(tables: Tables, candidates: (string | undefined)[]): void {
  const used = new Set(
    tables.stacks.values().flatMap(stack => [stack.definition.template, stack.target?.template]),
  );
  for (const digest of candidates) if (digest && !used.has(digest)) tables.templates.delete(digest);
}

/** The stack of that name that is not deleted, or the stack (also a deleted one) with that ARN. */
export function findStack(tables: Tables, region: string, nameOrId: string): Stack | undefined {
  if (nameOrId.startsWith('arn:')) {
    const [, name = '', uuid = ''] = nameOrId.split('/');
    const [, , , arnRegion = ''] = nameOrId.split(':');
    return tables.stacks.get(`${arnRegion}/${name}/${uuid}`);
  }
  return tables.stacks.values(`${region}/${nameOrId}/`).find(stack => stack.status !== 'DELETE_COMPLETE');
}

/** The names of the other stacks that import `name`. */
export function importersOf(tables: Tables, stack: Stack, name: string): string[] {
  return tables.stacks
    .values(`${stack.region}/`)
    .filter(each => each.key !== stack.key && each.status !== 'DELETE_COMPLETE')
    .filter(each => each.definition.imports.includes(name) || each.target?.imports.includes(name))
    .map(each => each.name);
}

/** AWS's sentence when an export cannot change, undefined when nobody uses it. */
export function exportInUse(
  tables: Tables,
  stack: Stack,
  name: string,
  verb: 'deleted' | 'updated',
): string | undefined {
  const importers = importersOf(tables, stack, name);
  if (importers.length === 0) return undefined;
  return `Export ${name} cannot be ${verb} as it is in use by ${importers.join(' and ')}`;
}
