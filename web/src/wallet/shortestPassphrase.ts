/** Characters. A file of its own: forms say it without loading what encrypts. */
export const shortestPassphrase = 10
