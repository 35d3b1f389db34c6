import type { Domain, Environments } from '@slipway/contract';
import type { Access, Target } from '../target.ts';
import { type Finding, lookAt } from './finding.ts';

/** The hosted zone and the certificate of each place that has a domain. */
export async function examineDomains(environments: Environments, access: Access): Promise<Finding[]> {
  const places = environments.environments.flatMap(place =>
    place.domain ? [{ domain: place.domain, target: access.at(place) }] : [],
  );
  return Promise.all(
    places.flatMap(({ domain, target }) => [
      lookAt('domain', () => zoneFinding(domain, target)),
      ...(domain.certificate ? [lookAt('domain', () => certificateFinding(domain, target))] : []),
    ]),
  );
}

async function zoneFinding({ name, zone }: Domain, target: Target): Promise<Finding> {
  const { GetHostedZoneCommand, Route53Client } = await import('@aws-sdk/client-route-53');
  const what = 'domain';
  try {
    const { HostedZone } = await new Route53Client(target).send(new GetHostedZoneCommand({ Id: zone.id }));
    const found = HostedZone?.Name?.replace(/\.$/, '');
    if (found === zone.name) return { what, state: 'good', text: `${name} in the hosted zone ${zone.id}` };
    return {
      what,
      state: 'missing',
      text: `the hosted zone ${zone.id} is of ${found}, not of ${zone.name}: mend environments.yaml`,
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchHostedZone') throw error;
    return {
      what,
      state: 'missing',
      text: `there is no hosted zone ${zone.id} for ${name} in this account: make it, or mend environments.yaml`,
    };
  }
}

async function certificateFinding({ name, certificate }: Domain, target: Target): Promise<Finding> {
  const { ACMClient, DescribeCertificateCommand } = await import('@aws-sdk/client-acm');
  const what = 'domain';
  try {
    const command = new DescribeCertificateCommand({ CertificateArn: certificate });
    const { Certificate } = await new ACMClient(target).send(command);
    if (Certificate?.Status === 'ISSUED')
      return { what, state: 'good', text: `the certificate of ${name} is issued` };
    return {
      what,
      state: 'missing',
      text: `the certificate of ${name} is ${Certificate?.Status}: validate it in ACM, or leave "certificate" out`,
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    return {
      what,
      state: 'missing',
      text: `there is no certificate ${certificate}: request it in ACM, or leave "certificate" out`,
    };
  }
}
