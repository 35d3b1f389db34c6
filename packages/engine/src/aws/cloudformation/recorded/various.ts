import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes } from './record.ts';

export const various: RecordedTypes = {
  'AWS::CDK::Metadata': { physicalId: (_request, unique) => unique },
  'AWS::CloudFormation::WaitConditionHandle': {
    physicalId: ({ stack, logicalId }, unique) => `${stack.name}-${logicalId}-${unique.slice(0, 12)}`,
  },
  'AWS::CloudWatch::Dashboard': { physicalId: nameFrom('DashboardName'), replacedBy: ['DashboardName'] },
  'AWS::CodeBuild::ReportGroup': {
    physicalId: (request, unique) =>
      arn('codebuild', request.stack, `report-group/${nameFrom('Name')(request, unique)}`),
    attributes: (_request, id) => ({ Arn: id }),
    replacedBy: ['Name', 'Type'],
  },
  'AWS::ECR::RegistryPolicy': {
    physicalId: ({ stack }) => stack.account,
    attributes: ({ stack }) => ({ RegistryId: stack.account }),
  },
  'AWS::ECR::RegistryScanningConfiguration': {
    physicalId: ({ stack }) => stack.account,
    attributes: ({ stack }) => ({ RegistryId: stack.account }),
  },
};
