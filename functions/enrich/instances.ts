// Describes each instance of an alert once, for all that is looked up about it.
import type { EC2, Instance } from '@aws-sdk/client-ec2';
import type { Fact } from '../domain/facts.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

export type InstanceOf = (instanceId: string) => Promise<Fact<Instance>>;

export function instancesOf({
  ec2,
  ...deps
}: ReadDeps & { ec2: Pick<EC2, 'describeInstances'> }): InstanceOf {
  const asked = new Map<string, Promise<Fact<Instance>>>();
  return (instanceId) => {
    const looked =
      asked.get(instanceId) ??
      readFact(deps, `The instance ${instanceId}`, async (abortSignal) => {
        const { Reservations = [] } = await ec2.describeInstances(
          { InstanceIds: [instanceId] },
          { abortSignal },
        );
        const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
        if (!instance) throw new Error('no such instance');
        return instance;
      });
    asked.set(instanceId, looked);
    return looked;
  };
}
