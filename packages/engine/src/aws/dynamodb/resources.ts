import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type {
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import { isProtected, isReplacement, recordedSettings, tableDefinition } from './definition.ts';
import { openRows, type TableRow } from './rows.ts';
import type { Tables } from './tables.ts';

/** Questions until a table that changes is given up; it takes one or two. */
const LONGEST_WAIT = 1000;

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html and
 * …/aws-resource-dynamodb-globaltable.html
 */
export function dynamoDbResources(context: Context, tables: Tables): ResourceHandlers {
  const rows = openRows(context.store);

  const result = (row: TableRow): ResourceResult => {
    const Arn = arn('dynamodb', { region: row.region, account: context.account }, `table/${row.name}`);
    const streams = row.settings.StreamSpecification !== undefined;
    const attributes = { Arn, TableName: row.name, TableId: row.id };
    return {
      physicalId: row.name,
      attributes: streams
        ? { ...attributes, StreamArn: `${Arn}/stream/2026-01-01T00:00:00.000` }
        : attributes,
    };
  };

  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    refuseOtherRegions(request);
    const definition = tableDefinition(request.properties);
    const name = tableName(request);
    const known = rows.get(name);
    if (known && known.token !== request.token) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    }
    const { token, stack, properties } = request;
    const id = known?.id ?? context.ids.uuid();
    const row: TableRow = { name, token, id, region: stack.region, settings: recordedSettings(properties) };
    rows.put(name, row);
    try {
      if (!(await settled(name))) await tables.call('CreateTable', { TableName: name, ...definition });
      await settled(name);
    } catch (error) {
      rows.delete(name);
      throw error;
    }
    return result(row);
  };

  /** ACTIVE, or undefined when there is none; waits out the moment in between. */
  const settled = async (name: string): Promise<'ACTIVE' | undefined> => {
    try {
      for (let asked = 0; asked < LONGEST_WAIT; asked++) {
        const { Table } = (await tables.call('DescribeTable', { TableName: name })) as {
          Table: { TableStatus: string };
        };
        if (Table.TableStatus === 'ACTIVE') return 'ACTIVE';
      }
      throw new Error(`table ${name} does not become steady`);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  };

  const handler: ResourceHandler = {
    create,
    update: async request => {
      const { physicalId, properties, previous } = request;
      const named = properties.TableName;
      const renamed = named !== undefined && named !== physicalId;
      if (renamed || isReplacement(previous, properties)) {
        if (named !== undefined && !renamed) throw new AwsError('ValidationError', mustBeRenamed(physicalId));
        return create(request);
      }
      const indexes = (of: typeof properties) => of.GlobalSecondaryIndexes ?? [];
      if (!isDeepStrictEqual(indexes(properties), indexes(previous))) {
        throw new AwsError(
          'ValidationError',
          `Changing the indexes of the existing table ${physicalId} is not carried out locally; AWS does it in place`,
        );
      }
      return result(rows.update(physicalId, row => ({ ...row, settings: recordedSettings(properties) })));
    },
    delete: async ({ physicalId }) => {
      const row = rows.get(physicalId);
      if (row && isProtected(row.settings, row.region)) {
        throw new AwsError(
          'ValidationException',
          `Resource ${physicalId} can't be deleted: deletion protection is on`,
        );
      }
      if (await settled(physicalId)) await tables.call('DeleteTable', { TableName: physicalId });
      await settled(physicalId);
      rows.delete(physicalId);
    },
  };
  return { 'AWS::DynamoDB::Table': handler, 'AWS::DynamoDB::GlobalTable': handler };
}

/** The name given, or one in CloudFormation's form that the same operation always arrives at. */
function tableName({ stack, logicalId, properties, token }: ResourceRequest): string {
  const given = properties.TableName;
  if (typeof given === 'string') return given;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.name}-${logicalId}-${unique}`;
}

function refuseOtherRegions({ type, properties, stack }: ResourceRequest): void {
  if (type !== 'AWS::DynamoDB::GlobalTable') return;
  const regions = ((properties.Replicas ?? []) as { Region?: string }[]).map(replica => replica.Region);
  const other = regions.find(region => region !== stack.region);
  if (other === undefined) return;
  throw new AwsError(
    'ValidationError',
    `A replica in ${other} is not carried out locally: one table lives in one region`,
  );
}

function mustBeRenamed(name: string): string {
  return `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`;
}
