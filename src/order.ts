/** Which of two texts comes first, as the database sorts them; 0 for the same. */
export const compareTexts = (one: string, other: string) => (one < other ? -1 : Number(one > other))
