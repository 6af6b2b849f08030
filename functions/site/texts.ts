// Why a page rejects a form without reading it.
export const FORM_REJECTED = {
  tooLarge: 'The form is too large.',
  wrongType: 'The form has an unsupported content type.',
  otherSite: 'The form came from another site.',
} as const;
