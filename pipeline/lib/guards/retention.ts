import type { Guard, Objection } from './finding.ts';
import { ownerOf, type Properties, type Synthesized } from './synthesized.ts';

/** The properties under which resources that outlive their stack bear a name of their own. */
const NAMES = ['TableName', 'BucketName', 'RepositoryName', 'LogGroupName', 'AliasName', 'TopicName', 'Name'];

/**
 * What is kept when its stack is deleted must go when the stack's first creation fails: nothing is in it, and the next
 * attempt wants the name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const retentionGuards: readonly Guard[] = [
  { id: 'retained-name', check: retainedNames },
  {
    id: 'data-not-kept',
    check: ({ stacks }) =>
      stacks.flatMap(stack =>
        Object.entries(stack.template.Resources)
          .filter(([, { Type, DeletionPolicy }]) => DATA.includes(Type) && !isKept(DeletionPolicy))
          .filter(() => ownerOf(stack) !== undefined)
          .map(([logicalId]) => ({
            stack,
            logicalId,
            message:
              'keeps data and goes with its stack: set DeletionPolicy to RetainExceptOnCreate and UpdateReplacePolicy to Retain',
          })),
      ),
  },
];

const DATA = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::ECR::Repository',
];

function isKept(policy: string | undefined): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}

function retainedNames({ stacks }: Synthesized): Objection[] {
  return stacks.flatMap(stack =>
    Object.entries(stack.template.Resources).flatMap(([logicalId, { DeletionPolicy, Properties }]) => {
      const name = nameIn(Properties ?? {});
      if (DeletionPolicy !== 'Retain' || name === undefined) return [];
      const message = `is kept under the name ${name} when the first creation of its stack fails, and the next attempt cannot make it again: set DeletionPolicy to RetainExceptOnCreate (RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)`;
      return { stack, logicalId, message };
    }),
  );
}

function nameIn(properties: Properties): string | undefined {
  return NAMES.map(key => properties[key]).find(value => typeof value === 'string');
}
