import type { Store, Table } from '../../core/store.ts';

/** A table that a stack made, by name. */
export interface TableRow {
  name: string;
  /** The operation that made it. */
  token: string;
  id: string;
  region: string;
  settings: Record<string, unknown>;
}

export function openRows(store: Store): Table<TableRow> {
  return store.table<TableRow>('dynamodb_tables');
}
