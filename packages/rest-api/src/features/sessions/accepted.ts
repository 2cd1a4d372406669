/** The answer to a wish that is carried out later. */
export const accepted = () => ({ status: 202, body: { status: 'accepted' } }) as const;
