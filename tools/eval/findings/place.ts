// The account and region of every case.
export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
