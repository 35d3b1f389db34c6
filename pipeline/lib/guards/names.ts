import type { Guard } from './finding.ts';
import { find } from './synthesized.ts';

/** The longest names that AWS takes, by type and property: the reference of each type tells. */
const LONGEST: Readonly<Record<string, readonly [property: string, characters: number]>> = {
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 32],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 32],
  'AWS::Lambda::Function': ['FunctionName', 64],
  'AWS::Events::Rule': ['Name', 64],
  'AWS::Scheduler::Schedule': ['Name', 64],
  'AWS::S3::Bucket': ['BucketName', 63],
  'AWS::CodePipeline::Pipeline': ['Name', 100],
  'AWS::CodeBuild::Project': ['Name', 150],
  'AWS::CodeDeploy::Application': ['ApplicationName', 100],
  'AWS::CodeDeploy::DeploymentGroup': ['DeploymentGroupName', 100],
  'AWS::CodeDeploy::DeploymentConfig': ['DeploymentConfigName', 100],
  'AWS::CloudWatch::Alarm': ['AlarmName', 255],
  'AWS::DynamoDB::Table': ['TableName', 255],
  'AWS::ECS::Service': ['ServiceName', 255],
  'AWS::ECS::TaskDefinition': ['Family', 255],
  'AWS::SSM::Parameter': ['Name', 1011],
};

export const nameGuards: readonly Guard[] = [
  {
    id: 'name-length',
    check: synthesized =>
      Object.entries(LONGEST).flatMap(([type, [property, most]]) =>
        find(synthesized, type).flatMap(found => {
          const name: unknown = found.properties[property];
          if (typeof name !== 'string' || name.length <= most) return [];
          const message = `is named ${name} (${name.length} characters), and AWS takes ${most} for ${type}: shorten the name of the service or of the environment`;
          return { ...found, message };
        }),
      ),
  },
];
