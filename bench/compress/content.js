/** 8 kB of JSON as an interface answers it; gzip 6 makes 1.2 kB of it. */
export const content = JSON.stringify(
  Array.from({ length: 78 }, (_, i) => ({
    id: i,
    name: `User ${(i * 7919) % 1009}`,
    email: `user${(i * 31) % 97}@example.org`,
    active: i % 3 === 0,
    score: ((i * 7919) % 1000) / 10,
    tags: [`a${i % 5}`, `b${i % 7}`],
  })),
)
