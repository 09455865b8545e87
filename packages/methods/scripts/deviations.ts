/**
 * Where a row says something else than the tables it comes from, and why. A test finds every difference and compares it
 * with this list; docs/methods.md prints it.
 */
export const deviations = {
  /** The manual's session column, which rows have, against what is sent. */
  session: {
    "sdk.getInstallSource": "prohibited; OK.ru's SDKs send it unsigned, so that it needs no session at all",
    "sdk.init":
      "required by the manual, prohibited and not to be signed by the official page: `sig: false` sends neither signature " +
      "nor token and needs no session, whatever the column says"
  },
  /** The type of a parameter. */
  type: {
    "apps.setAppPromoInfo.end_time": "a date, written as a text",
    "apps.setAppPromoInfo.start_time": "a date, written as a text",
    "apps.setVipOffers.names": "a list, written as a text",
    "notifications.sendFavPromo.expires": "a date, written as a text",
    "notifications.sendMass.age_range": "two ages, written as a text",
    "notifications.sendMass.birthday_range": "two days, written as a text",
    "notifications.sendMass.expires": "a date, written as a text",
    "notifications.sendMass.first_access_range": "two dates, written as a text",
    "notifications.sendMass.last_access_range": "two dates, written as a text",
    "notifications.updateFavPromo.expires": "a date, written as a text",
    "payment.appCashback.from": "a date, written as a text",
    "payment.appCashback.to": "a date, written as a text",
    "payment.getDailyTransactionsFromServer.date": "a date, written as a text"
  },
  /** The limit of a parameter that is documented and not enforced. */
  limit: {
    "photos.getAlbums.count": "from an SDK of 2012: said in the comment",
    "photos.getPhotoMarks.count": "from one client: said in the comment",
    "photos.getUserAlbumPhotos.count": "from an SDK of 2012: said in the comment",
    "users.getGuests.count": "from an SDK of 2012: said in the comment"
  },
  /** What is paged, and by what. */
  paging: {
    "communities.getMembers": "no stream: nobody documents the answer",
    "discussions.getDiscussionComments": "a stream by offset, which the table of cursors does not have",
    "discussions.getDiscussions": "a stream by offset, which the table of cursors does not have",
    "mediatopic.getPollAnswerVoters": "`entities.users` is `users` here",
    "search.tagContents": "no stream: nobody documents the answer"
  },
  /** The methods that take `fields` without narrowing their result. */
  fields: {
    "apps.getPlatformTop": "nobody documents the answer",
    "communities.getMembers": "nobody documents the answer",
    "discussions.getAttachedResources": "nobody documents the names",
    "photos.getTags": "nobody documents the names",
    "search.tagContents": "nobody documents the answer",
    "share.fetchLink": "nobody documents the answer",
    "share.fetchLinkV2": "nobody documents the names"
  },
  /** The members of an answer that have another place, or another type. */
  answer: {
    "friends.getAppUsers.uids": "the list alone is the result, inside an object or not",
    "friends.getAppUsersOnline.friends": "the list alone is the result, inside an object or not",
    "mediatopic.getPollAnswerVoters.entities": "its `users` are a member of the result",
    "group.getStatTopic.topic": "the topic alone is the result, inside an object or not",
    "users.getInfoBy.user": "the user alone is the result, inside an object or not",
    "widget.getWidgets.content": "typed as bytes, sent as Base64, which is decoded"
  }
} as const
