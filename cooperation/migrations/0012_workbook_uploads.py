"""Workbooks of offers and of the register of assistance wait in one table; what waits is kept for a day only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_invitations_and_second_factor'),
        ('cooperation', '0011_match_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Nobody may decide on rows of the old form: they would be read as another kind. Their files can be sent again.
        migrations.RunSQL('DELETE FROM cooperation_offerupload', migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name='offerupload', name='offer_upload_once_a_person'),
        migrations.RemoveConstraint(model_name='offerupload', name='offer_upload_expires'),
        migrations.RenameModel(old_name='OfferUpload', new_name='WorkbookUpload'),
        migrations.RenameField(model_name='workbookupload', old_name='donor', new_name='party'),
        migrations.AlterField(
            model_name='workbookupload',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.party', verbose_name='party'),
        ),
        migrations.AddField(
            model_name='workbookupload',
            name='kind',
            field=models.CharField(choices=[('offers', 'Offers'), ('assistance', 'Assistance')], default='offers', max_length=10, verbose_name='kind'),
        ),
        migrations.AlterModelOptions(
            name='workbookupload',
            options={'verbose_name': 'uploaded workbook', 'verbose_name_plural': 'uploaded workbooks'},
        ),
        migrations.AddConstraint(
            model_name='workbookupload',
            constraint=models.UniqueConstraint(fields=('kind', 'party', 'owner'), name='workbook_upload_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='workbookupload',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='workbook_upload_expires'),
        ),
    ]
