#include "io/api/openapi.hpp"

#include "io/api/page.hpp"

namespace dnc {

HttpResponse openapi_answer(const HttpRequest& request) {
  HttpResponse response = revalidated(request, openapi_etag());
  if (response.status == 200) response.body = openapi_document();
  return response;
}

}  // namespace dnc
