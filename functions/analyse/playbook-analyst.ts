// The analyst that asks no model: the playbook.
import { judge } from '../playbook/playbook.ts';
import type { Analyst } from './brief.ts';

export const playbook: Analyst = {
  origin: 'playbook',
  model: null,
  judge: async (brief) => judge(brief),
};
