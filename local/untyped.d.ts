// Types of packages that have none, for the functions that are used.
declare module 'asl-validator' {
  export default function aslValidator(definition: unknown): {
    isValid: boolean;
    errorsText(): string;
  };
}
