const users = new Map([['ada', { name: 'Ada' }]])

/** Fails for everyone else. */
export function findUser(id) {
  try {
    return look(id)
  } catch (cause) {
    throw new Error(`No user ${id}`, { cause })
  }
}

function look(id) {
  const user = users.get(id)
  if (user === undefined) {
    throw Object.assign(new RangeError(`The list has ${users.size} entry, and none is called ${id}`), {
      code: 'ERR_NO_USER',
      userId: id,
      apiKey: 'secret-in-member',
    })
  }
  return user
}
