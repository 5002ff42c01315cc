/* The floor of the window: GTK 3 and WebKitGTK, as large as ours, with nothing on its page. */

#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

int main(int argc, char **argv)
{
    gtk_init(&argc, &argv);
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_default_size(GTK_WINDOW(window), 1100, 760);
    gtk_window_set_position(GTK_WINDOW(window), GTK_WIN_POS_CENTER);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    GtkWidget *view = webkit_web_view_new();
    gtk_container_add(GTK_CONTAINER(window), view);
    webkit_web_view_load_html(WEBKIT_WEB_VIEW(view), "<!doctype html><body style='background:#246'></body>", NULL);
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
