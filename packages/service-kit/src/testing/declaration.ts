import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the tests need of a service.yaml; its schema is the contract package's. */
export type Declaration = {
  readonly name: string;
  readonly path: string;
  readonly health: { readonly path: string };
  readonly tables?: Readonly<Record<string, DeclaredTable>>;
};
export type DeclaredTable = Key & { readonly indexes?: Readonly<Record<string, Key>> };
type Key = { readonly partitionKey: string; readonly sortKey?: string };

/** Returns what the service in this folder declares. */
export function readDeclaration(serviceFolder: string): Declaration {
  return parse(readFileSync(join(serviceFolder, 'service.yaml'), 'utf8'));
}
