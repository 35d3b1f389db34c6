import type { Properties } from '../../core/resource.ts';

/** What a table is made of, as CreateTable takes it. */
export interface TableDefinition {
  AttributeDefinitions: unknown;
  KeySchema: unknown;
  BillingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  ProvisionedThroughput?: unknown;
  LocalSecondaryIndexes?: unknown;
  GlobalSecondaryIndexes?: unknown;
}

interface Index {
  IndexName: string;
  KeySchema: unknown;
  Projection: unknown;
  ProvisionedThroughput?: unknown;
}

/** Capacity has no meaning here; dynalite wants a number where the billing mode is PROVISIONED. */
const SOME_CAPACITY = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

/** The definition in the properties of `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable`. Throws what is missing. */
export function tableDefinition(properties: Properties): TableDefinition {
  for (const name of ['KeySchema', 'AttributeDefinitions']) {
    if (!Array.isArray(properties[name])) throw new Error(`${name} of a table must be given`);
  }
  const BillingMode = properties.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED';
  const capacity = BillingMode === 'PROVISIONED' ? { ProvisionedThroughput: SOME_CAPACITY } : {};
  const indexes = (name: string, extra: object) => {
    const given = (properties[name] ?? []) as Index[];
    const plain = given.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
      ...extra,
    }));
    return plain.length > 0 ? { [name]: plain } : {};
  };
  return {
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode,
    ...capacity,
    ...indexes('LocalSecondaryIndexes', {}),
    ...indexes('GlobalSecondaryIndexes', capacity),
  };
}

/** A table cannot change its key or its local indexes: it is replaced. */
export function isReplacement(before: Properties, after: Properties): boolean {
  const shape = (properties: Properties): string =>
    JSON.stringify([properties.KeySchema, properties.LocalSecondaryIndexes ?? []]);
  return shape(before) !== shape(after);
}

/** Settings that are kept and told, and change nothing in how a table behaves here. */
export function recordedSettings(properties: Properties): Record<string, unknown> {
  const names = [
    'BillingMode',
    'PointInTimeRecoverySpecification',
    'TimeToLiveSpecification',
    'StreamSpecification',
    'SSESpecification',
    'DeletionProtectionEnabled',
    'TableClass',
    'Replicas',
    'Tags',
  ];
  return Object.fromEntries(
    names.filter(name => properties[name] !== undefined).map(name => [name, properties[name]]),
  );
}

/** Deletion protection stands in the table's own properties, or in a global table's replica of this region. */
export function isProtected(settings: Record<string, unknown>, region: string): boolean {
  const replicas = (settings.Replicas ?? []) as { Region: string; DeletionProtectionEnabled?: unknown }[];
  const replica = replicas.find(each => each.Region === region);
  return [settings.DeletionProtectionEnabled, replica?.DeletionProtectionEnabled].some(
    each => String(each) === 'true',
  );
}
