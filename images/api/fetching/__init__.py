"""The one door to addresses that customers give: pictures to fetch, webhooks to call.

It opens from the web process and the clerk, and never from a worker that cuts out (promise P13).
"""
