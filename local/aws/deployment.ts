// The event that CloudFormation sends when a deployment updated an IP set.

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-resource-status-change.html */
export const ipSetUpdated = (name: string, now: Date) => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Resource Status Change',
  time: now.toISOString(),
  detail: {
    'physical-resource-id': `${name}|a1b2c3d4-5678-90ab-cdef-EXAMPLE11111|REGIONAL`,
    'resource-type': 'AWS::WAFv2::IPSet',
    'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
  },
});
