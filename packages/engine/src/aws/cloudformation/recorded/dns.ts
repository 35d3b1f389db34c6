import { arn } from '../../../core/arn.ts';
import { type RecordedTypes, string } from './record.ts';

/** Names and certificates: what is here is reached by loopback addresses, and nobody outside could ask for its names. */
export const dns: RecordedTypes = {
  'AWS::Route53::HostedZone': {
    physicalId: (_request, unique) => `Z${unique.slice(0, 20).toUpperCase()}`,
    attributes: ({ properties }, id) => ({
      Id: id,
      // A private zone has none: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-hostedzone.html
      NameServers:
        properties.VPCs === undefined ? [1, 2, 3, 4].map(number => `ns-${number}.awsdns-local.net`) : [],
    }),
    replacedBy: ['Name'],
  },
  'AWS::Route53::RecordSet': {
    physicalId: ({ properties }) => string(properties, 'Name') ?? '',
    replacedBy: ['HostedZoneId', 'HostedZoneName', 'Name', 'SetIdentifier', 'Type'],
  },
  'AWS::CertificateManager::Certificate': {
    physicalId: ({ stack }, unique) =>
      arn(
        'acm',
        stack,
        `certificate/${unique.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`,
      ),
    replacedBy: ['DomainName', 'SubjectAlternativeNames', 'ValidationMethod', 'DomainValidationOptions'],
    notCarriedOut: 'TLS: what is here answers over HTTP',
  },
};
