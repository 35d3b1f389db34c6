import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { functionLogs } from '../roles/permissions.ts';
import { createRole } from '../roles/role.ts';
import { createInlineFunction } from './inline-function.ts';

/** The one function that may answer approvals: it rejects those that a newer execution has overtaken. */
export function createSupersedeFunction(
  scope: Construct,
  { names, architecture }: { names: Names; architecture: string },
): void {
  const { name, role: roleName } = names.supersede;
  const role = createRole(scope, 'SupersedeRole', {
    name: roleName,
    description: 'Rejects approvals that a newer execution has overtaken',
    assumedBy: 'lambda.amazonaws.com',
    permissions: [
      functionLogs(names, name),
      {
        actions: ['codepipeline:ListPipelineExecutions', 'codepipeline:GetPipelineState'],
        resources: [names.arn('codepipeline', `${names.prefix}-*`)],
        because: 'it serves every pipeline, known or to come',
      },
      {
        actions: ['codepipeline:PutApprovalResult'],
        resources: [names.arn('codepipeline', `${names.prefix}-*/Approval*/Approve`)],
        because: 'the approvals of every pipeline, known or to come: it only ever rejects',
      },
      {
        actions: ['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'],
        resources: ['*'],
        because: 'these calls know no resources',
      },
    ],
  });
  createInlineFunction(scope, 'Supersede', {
    ...{ names, name, role, code: 'supersede.cjs', timeoutSeconds: 60, architecture },
    description: 'Rejects approvals that a newer execution has overtaken',
  });
}
